import type { Bus } from "./bus.ts";
import type { Log } from "./log.ts";

/** A process that does not say for so long that it is there is not (ms). */
export const LEASE_MS = 4_000;
const BEAT_MS = 1_000;
/** What nobody claims anew is forgotten after a day. */
const KEPT_MS = 24 * 3_600_000;

/** `claim`: who has it, else the one who asks, who is there from now on. */
const FUNCTIONS = `
local function claim(key, me, alive, kept)
  local owner = redis.call('GET', key)
  if owner and owner ~= me and redis.call('EXISTS', alive .. owner) == 1 then return owner end
  redis.call('SET', key, me, 'PX', kept)
  return me
end
local me, alive, lease, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
`;
const BEAT = `${FUNCTIONS}
redis.call('SET', alive .. me, '1', 'PX', lease)
local owners, there = {}, {}
for i, key in ipairs(KEYS) do owners[i] = claim(key, me, alive, kept) end
for i = 5, #ARGV do there[i - 4] = redis.call('EXISTS', alive .. ARGV[i]) end
return { owners, there }
`;
const LOOK = `${FUNCTIONS}
local owner = redis.call('GET', KEYS[1])
if owner and redis.call('EXISTS', alive .. owner) == 1 then return owner end
return false
`;
const LEAVE = `${FUNCTIONS}
for i, key in ipairs(KEYS) do if redis.call('GET', key) == me then redis.call('DEL', key) end end
if ARGV[5] == 'gone' then redis.call('DEL', alive .. me) end
return 1
`;

export interface OwnersDeps {
  bus: Pick<Bus, "evaluate">;
  log: Log;
  /** This process, by a name that it has for as long as it lives. */
  me: string;
  /** Processes of whose end is to be told. */
  watched(): ReadonlySet<string>;
  onGone(process: string): void;
  /** Somebody else has it now: Redis lost it, or was away for too long. */
  onLost(name: string): void;
}

/**
 * Which of several web processes has what only one may have. Whoever claims something first has it for as long as the
 * process lives, which it says every second; of a process that fell silent everything may be claimed by the next who asks.
 */
export class Owners {
  private readonly own = new Set<string>();
  private readonly deps: OwnersDeps;
  private beat: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(deps: OwnersDeps) {
    this.deps = deps;
  }

  has(name: string): boolean {
    return this.own.has(name);
  }

  /**
   * Who has it; this process where nobody has. While Redis is away what was claimed stays, and what was not is taken for as
   * long: there is nobody else to be asked. When it is back one of two owners is told that it lost it.
   */
  async claim(name: string): Promise<string> {
    if (this.own.has(name) || this.isClosed) return this.deps.me;
    this.begin();
    const owners = await this.run(BEAT, [name]).then((read) => (read as [string[]])[0], () => [this.deps.me]);
    const owner = owners[0] ?? this.deps.me;
    if (owner === this.deps.me) this.own.add(name);
    return owner;
  }

  /** Who has it, if anybody. */
  async ownerOf(name: string): Promise<string | undefined> {
    if (this.own.has(name)) return this.deps.me;
    const owner = await this.run(LOOK, [name]).catch(() => null);
    return typeof owner === "string" && owner !== this.deps.me ? owner : undefined;
  }

  async release(name: string): Promise<void> {
    if (this.own.delete(name)) await this.run(LEAVE, [name]).catch(() => undefined); // it is forgotten with the process
  }

  /** Everything is free for the others at once. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (!this.beat) return;
    clearInterval(this.beat);
    await this.run(LEAVE, [...this.own], ["gone"]).catch(() => undefined); // they see it when the lease is over
    this.own.clear();
  }

  private begin(): void {
    this.beat ??= setInterval(() => void this.look().catch(() => undefined), BEAT_MS).unref(); // asked again in a second
  }

  /** Says that this process is there, and looks who else is. Nothing follows from a Redis that is away. */
  private async look(): Promise<void> {
    const [names, watched] = [[...this.own], [...this.deps.watched()]];
    const [owners, there] = (await this.run(BEAT, names, watched)) as [string[], number[]];
    if (this.isClosed) return;
    names.forEach((name, i) => {
      if (owners[i] === this.deps.me || !this.own.delete(name)) return;
      this.deps.log.warn({ name }, "another web process has it now");
      this.deps.onLost(name);
    });
    watched.forEach((process, i) => there[i] === 0 && this.deps.onGone(process));
  }

  private run(script: string, names: readonly string[], more: readonly string[] = []): Promise<unknown> {
    const { bus, me } = this.deps;
    return bus.evaluate(script, names.map((name) => `hoc-lieu:owner:${name}`), [me, "hoc-lieu:process:", String(LEASE_MS), String(KEPT_MS), ...more]);
  }
}
