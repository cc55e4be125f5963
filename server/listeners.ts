import type { Listener } from "./platform/jobs/queue.ts";

/** Who hears which facts: one line a feature. */
export const listeners: readonly Listener[] = [];
