/** A measure that holds so much and fills again by so much a second: how a burst is allowed and a flood is not. */
export class Bucket {
  private left: number;
  private at: number;
  private readonly full: number;
  private readonly perSecond: number;

  /** @param at milliseconds by a clock that never goes back, as in `take` */
  constructor(full: number, perSecond: number, at: number) {
    [this.full, this.perSecond, this.left, this.at] = [full, perSecond, full, at];
  }

  /** Takes so much out; false, and nothing is taken, where there is less. */
  take(amount: number, at: number): boolean {
    this.left = Math.min(this.full, this.left + ((at - this.at) / 1000) * this.perSecond);
    this.at = at;
    if (this.left < amount) return false;
    this.left -= amount;
    return true;
  }
}
