import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ConversionFailed } from "../failures.ts";
import { TEXT_PAGES_MAX } from "../rules.ts";
import { lookInside } from "./pdf.ts";
import { runTask, runTool, SMALL, type Maker, type Work } from "./work.ts";

/** A document of an office program: as PDF by LibreOffice, else at least its text. */
export const makeOffice: Maker = async (work) => {
  if (work.tools.versions.libreoffice === undefined) return readXml(work);
  await work.tell("pages", 5);
  await convert(work);
  await work.keep("pdf", "input.pdf", "application/pdf", { made_by: "libreoffice" });
  const { count, texts } = await lookInside(work, "input.pdf");
  await work.keepTexts(texts.map((text) => ({ text })), "file");
  return count > TEXT_PAGES_MAX ? "pages_cut" : null;
};

/** Settings of a profile that lives for one document: macros never run, links to other files are never followed. */
const PROFILE = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`;

async function convert(work: Work): Promise<void> {
  const profile = path.join(work.folder, "profile");
  await mkdir(path.join(profile, "user"), { recursive: true });
  await writeFile(path.join(profile, "user", "registrymodifications.xcu"), PROFILE);
  const options = ["--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir", "."];
  await runTool(work, "soffice", [`-env:UserInstallation=file://${profile}`, ...options, work.input], { seconds: 150, memoryMb: 3_000, outputMb: 500 });
  await access(path.join(work.folder, "input.pdf")).catch(() => {
    throw new ConversionFailed("broken", "LibreOffice made no PDF of it"); // it ends with 0 all the same
  });
}

async function readXml(work: Work): Promise<"no_tool"> {
  await work.tell("text", 20);
  await runTask(work, "officeText", { file: work.input, ext: work.ext }, SMALL);
  const texts = JSON.parse(await readFile(path.join(work.folder, "pages.json"), "utf8")) as string[];
  await work.keepTexts(texts.map((text) => ({ text })), "file");
  return "no_tool";
}
