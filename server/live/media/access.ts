import { loadActor } from "../../access/store.ts";
import { openRoom } from "../access.ts";

/** Whether whoever began to listen still may: signed in, of the class, and the class open. Read afresh. */
export async function stillListens(req: Express.Request, liveId: string): Promise<boolean> {
  try {
    await new Promise<void>((resolve, reject) => req.session.reload((error: unknown) => (error ? reject(new Error("the session ended")) : resolve())));
    const actor = await loadActor(req.db, req.actor.personId, req.now);
    return actor !== undefined && (await openRoom(req.db, actor, liveId)).state === "open";
  } catch {
    return false; // refused, or nobody there to ask: the browser may ask again
  }
}
