import type { Request } from "express";
import { openCourse } from "../courses/access.ts";
import { ensureHarmless } from "../digitising/access.ts";
import { openShownVersion } from "../materials/access.ts";
import { recordLooks } from "../platform/audit.ts";
import { dayOf } from "../platform/clock.ts";
import { invalid } from "../platform/errors.ts";
import { readForm } from "../platform/web/form.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { openPackage, openPlay, type OpenedPackage } from "./access.ts";
import { ReportForm, SignOfLifeForm } from "./forms.ts";
import { classPage, itemState, packagePage, playAnswer } from "./pages.ts";
import { addFiles } from "./routes/files.ts";
import { listClassResults, listOwnResults, listTaughtCourses, savePlay, saveReport } from "./store.ts";

/** Interactive packages: played in a sandbox, their results kept for each person. */
export function packageRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  const base = "/materials/:id/versions/:versionId/package";
  addFiles(routes);

  routes.get(base, "signed_in", async (req, res) => {
    const { material, version, content } = await opened(req);
    const [results, courses] = await Promise.all([listOwnResults(req.db, version.id, req.actor.personId), listTaughtCourses(req.db, req.actor.teaches, material)]);
    const page = packagePage(req, { material, version, content, results, courses, isPupil: req.actor.pupilOf.size > 0 });
    res.page("packages/show", page, { title: req.t.packages.title(material.title), scripts: ["js/file-viewer.js"] });
  });

  routes.post(`${base}/plays`, "signed_in", async (req, res) => {
    const { material, version, content } = await opened(req);
    const token = await savePlay(req.db, { personId: req.actor.personId, versionId: version.id, blobHash: version.blob_hash }, req.now);
    const results = await listOwnResults(req.db, version.id, req.actor.personId);
    res.status(201).json(playAnswer(req, content, results, { token, origin: req.config.packagesOrigin }, material.title));
  });

  routes.post(`${base}/signs-of-life`, "signed_in", async (req, res) => {
    const form = readForm(SignOfLifeForm, req.body);
    await openPlay(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), form.ok ? form.value.play : "", req.now);
    res.status(204).end();
  });

  routes.post(`${base}/results`, "signed_in", async (req, res) => {
    const { content } = await opened(req);
    const form = readForm(ReportForm, req.body);
    if (!form.ok || !content.items.some((item) => item.id === form.value.item)) throw invalid();
    const { play, item, turn, ...report } = form.value;
    const running = await openPlay(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), play, req.now);
    res.json(itemState(req, await saveReport(req.db, running, item, turn, { ...report, state: report.state }, req.now)));
  });

  routes.get("/courses/:id/materials/:materialId/results", "signed_in", async (req, res) => {
    const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "results");
    const shown = await openShownVersion(req.db, req.actor, idOf(req.params["materialId"]), req.now);
    const { material, version, content } = await openPackage(req.db, req.blobs, req.actor, shown.material.id, shown.version.id, req.now);
    const pupils = await listClassResults(req.db, course, version.id, dayOf(req.now));
    await recordLooks(req.db, pupils.filter((pupil) => pupil.results.length > 0).map((pupil) => pupil.id), { at: req.now, actorId: req.actor.personId, what: "package_results" });
    res.page("packages/class", classPage(req, course, material, content, pupils), { title: req.t.packages.class_of(course.class_name), crumbs: [{ href: `/courses/${course.id}`, label: course.class_name }, { label: material.title }] });
  });
  return routes;
}

async function opened(req: Request): Promise<OpenedPackage> {
  const found = await openPackage(req.db, req.blobs, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), req.now);
  await ensureHarmless(req.db, found.version.blob_hash, req.config);
  return found;
}
