import { expect } from "chai";
import type { Running } from "./app.ts";
import { YEAR } from "./world.ts";

/** The criteria of decision 4725, as the department's form sends them. */
export const CRITERIA = { year: YEAR, from: "template", name: "Bộ tiêu chí 4725", source: "QĐ 4725/QĐ-BGDĐT", basic_from: "50", well_above: "75", send_by: "31/05/2027", publish_by: "20/06/2027" };

/** The department publishes the targets of plan 1027 for this year, through its own forms; answers their address. */
export const publishTargets = (app: Running): Promise<string> => publish(app, "/scoreboard/plans", { year: YEAR, from: "template", name: "Bảng chỉ tiêu", source: "KH 1027/KH-SGDĐT" });

/** The same of the criteria by which schools assess themselves. */
export const publishCriteria = (app: Running): Promise<string> => publish(app, "/assessments/forms", CRITERIA);

async function publish(app: Running, path: string, fields: Record<string, string>): Promise<string> {
  const ha = await app.as("ha");
  const made = await ha.post(path, fields);
  expect(made.status).to.equal(303);
  expect((await ha.post(`${made.location}/publication`)).status).to.equal(303);
  return made.location;
}
