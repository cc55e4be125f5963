// @ts-check
/** How long a count is good enough, so that going from tab to tab asks nothing, in milliseconds. */
const FRESH_MS = 60_000;

/** The bell of the top bar: counts again when the page comes into sight. Without script it counts at every page. */
class NoticeBell extends HTMLElement {
  connectedCallback() {
    this.asked = Date.now();
    this.onSight = () => void this.refresh();
    document.addEventListener("visibilitychange", this.onSight);
  }

  disconnectedCallback() {
    if (this.onSight) document.removeEventListener("visibilitychange", this.onSight);
  }

  async refresh() {
    if (document.visibilityState !== "visible" || Date.now() - (this.asked ?? 0) < FRESH_MS) return;
    this.asked = Date.now();
    const answer = await fetch("/notices/count", { headers: { Accept: "application/json" } }).catch(() => undefined);
    if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) return;
    const { unread, label } = await answer.json();
    this.querySelector("a")?.setAttribute("aria-label", label);
    const count = this.querySelector(".count");
    if (!(count instanceof HTMLElement)) return;
    count.hidden = unread === 0;
    count.textContent = unread > 99 ? "99+" : String(unread);
  }
}

customElements.define("notice-bell", NoticeBell);
