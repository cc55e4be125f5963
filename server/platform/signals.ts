/**
 * What happened, told to whoever listens in this process: a page that was posted without script tells the sockets. Only
 * a signal: the truth is in the database, and a listener that misses one reads it there at its next heartbeat.
 */
export interface Signals {
  tell(topic: string, id: string): void;
  listen(topic: string, hear: (id: string) => void): void;
}

export function makeSignals(): Signals {
  const heard = new Map<string, ((id: string) => void)[]>();
  return {
    tell: (topic, id) => heard.get(topic)?.forEach((hear) => hear(id)),
    listen: (topic, hear) => void heard.set(topic, [...(heard.get(topic) ?? []), hear]),
  };
}
