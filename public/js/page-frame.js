// @ts-check

const TALLEST = 6000;

/** A written page in a frame as high as what is in it: one page to scroll instead of two. No script runs in the frame. */
class PageFrame extends HTMLElement {
  connectedCallback() {
    const frame = this.querySelector("iframe");
    if (!frame) return;
    const fit = () => {
      const height = frame.contentDocument?.body?.scrollHeight ?? 0;
      if (height > 0) frame.style.blockSize = `${Math.min(height + 2, TALLEST)}px`;
    };
    frame.addEventListener("load", fit);
    new ResizeObserver(fit).observe(this);
    fit();
  }
}

customElements.define("page-frame", PageFrame);
