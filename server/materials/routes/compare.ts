import type { Request } from "express";
import { textPages } from "../../digitising/store.ts";
import { notFound } from "../../platform/errors.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { aroundFiles, openForComment } from "../access.ts";
import { comparePage, type Side } from "../pages/compare.ts";
import { viewerOfFile } from "../pages/viewer.ts";
import { compareTexts } from "../rules/compare.ts";
import { listSteps, listVersions, type MaterialRow, type StepWithNames, type VersionWithName } from "../store.ts";
import { speechOf } from "./speech.ts";

/** Texts longer than this are not compared word by word, in characters: a book, or a broken extraction. */
const TEXT_LENGTH_MAX = 400_000;

/** Two versions beside each other: files, descriptions, texts. For those who see all versions. */
export function addComparison(routes: FeatureRoutes): void {
  routes.get("/materials/:id/comparison", "signed_in", async (req, res) => {
    const material = await openForComment(req.db, req.actor, idOf(req.params["id"]), req.now);
    const [versions, steps] = await Promise.all([listVersions(req.db, material), listSteps(req.db, material)]);
    const newer = versions.find((version) => version.id === (req.query["newer"] ?? material.latest.id));
    const usual = versions.find((version) => version.id === material.approved_version_id && version.id !== newer?.id) ?? versions.find((version) => version.number < (newer?.number ?? 0));
    const older = req.query["older"] === undefined ? usual : versions.find((version) => version.id === req.query["older"]);
    if (newer === undefined || older === undefined) throw notFound();
    const around = await aroundFiles(req.db, [older, newer]);
    const sideOf = (version: VersionWithName): Side => ({
      version,
      viewer: viewerOfFile(speechOf(req), material.id, `${material.title} (${req.t.materials.version(version.number)})`, version, around.get(version.id)),
      described: describedAs(material, version, steps),
    });
    const blocks = await comparedTexts(req, older, newer);
    const page = comparePage(speechOf(req), { material, versions, older: sideOf(older), newer: sideOf(newer), blocks });
    res.page("materials/compare", page, {
      title: page.head.title,
      crumbs: [{ href: `/materials/${material.id}`, label: material.title }, { label: page.head.title }],
      scripts: ["js/file-viewer.js", "js/version-compare.js"],
      wide: true,
    });
  });
}

/** How a version was described when it was last sent; the newest as it is described now. */
function describedAs(material: MaterialRow, version: VersionWithName, steps: readonly StepWithNames[]): Readonly<Record<string, unknown>> {
  if (version.id === material.latest.id) return material;
  const sent = steps.find((step) => step.version_id === version.id && step.act === "submit")?.details["sent"];
  return typeof sent === "object" && sent !== null ? (sent as Record<string, unknown>) : material;
}

async function comparedTexts(req: Request, older: VersionWithName, newer: VersionWithName): Promise<ReturnType<typeof compareTexts> | undefined> {
  const [before, after] = await Promise.all([older, newer].map(async (version) => (await textPages(req.db, version.blob_hash)).map((page) => page.text).join("\n")));
  if (!before || !after || before.length + after.length > TEXT_LENGTH_MAX) return undefined;
  return compareTexts(before, after);
}
