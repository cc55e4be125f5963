import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openComment, openForComment, openVersion } from "../access.ts";
import { CommentForm, SettleForm } from "../forms.ts";
import { queueHref } from "../pages/review.ts";
import { saveComment, settleComment } from "../store/comments.ts";
import { queryOf } from "./review.ts";
import { showMaterial } from "./show.ts";
import { actOf } from "./speech.ts";

/** What is said of a version, pinned to its pages and times: threads that are settled, never deleted. */
export function addComments(routes: FeatureRoutes): void {
  routes.post("/materials/:id/comments", "signed_in", async (req, res) => {
    const material = await openForComment(req.db, req.actor, idOf(req.params["id"]), req.now);
    const form = readForm(CommentForm, req.body);
    if (!form.ok) return showMaterial(req, res.status(422), material, { comment: form });
    const { version, thread, body, page, time, point } = form.value;
    await openVersion(req.db, req.actor, material.id, version, req.now);
    const first = thread === "" ? undefined : (await openComment(req.db, req.actor, material.id, thread, "answer", req.now)).comment;
    await saveComment(req.db, material, { versionId: version, body, page, timeMs: time, point, thread: first }, actOf(req));
    flash(req, req.t.materials.comments.saved);
    res.redirect(303, placeOf(material, form.value.back));
  });

  for (const [noun, to] of [["resolution", "resolved"], ["resolution-removal", "open"], ["withdrawal", "withdrawn"]] as const) {
    routes.post(`/materials/:id/comments/:commentId/${noun}`, "signed_in", async (req, res) => {
      const action = to === "withdrawn" ? "withdraw" : "settle";
      const { material, comment } = await openComment(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["commentId"]), action, req.now);
      await settleComment(req.db, material, comment, to, actOf(req));
      const form = readForm(SettleForm, req.body);
      res.redirect(303, placeOf(material, form.ok ? form.value.back : ""));
    });
  }
}

/** Back to the queue at the same material, or to the material. */
function placeOf(material: { id: string }, back: string): string {
  return back === "" ? `/materials/${material.id}#comments` : `${queueHref({ ...queryOf({ queue: back }), item: material.id })}#comments`;
}
