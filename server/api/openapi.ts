import { z } from "zod";
import { parametersOf, RESOURCES, type Resource } from "./resources.ts";
import { MeasuresAnswer } from "./schema.ts";
import { columnTexts, CSV_TABLES, type CsvTable } from "./tables.ts";

const refusal = (description: string) => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } },
});

const queryParameter = (name: string, description: string, schema: object) => ({ name, in: "query", required: false, description, schema });

const refusals = {
  "401": refusal("Nobody is signed in and there is no valid token."),
  "403": refusal("The role does not allow these figures to be read."),
  "404": refusal("No such unit, year, month or period, or not one this person may know of."),
  "422": refusal("A parameter has the wrong form."),
};

const unitParameter = { name: "id", in: "path", required: true, description: "A school, commune, cluster or the department: the token reads its own and what is below it.", schema: { type: "string", pattern: "^[0-9a-z]{26}$" } };

const parametersAt = (of: Pick<Resource, "asks">): object[] => [unitParameter, ...parametersOf(of).map(({ name, description, schema }) => queryParameter(name, description, schema))];

/** The path of a table, with what each of its columns holds. */
function tablePathOf(one: CsvTable): [string, object] {
  const found = { description: "UTF-8 with its mark, a comma between cells, the first line names the columns.", content: { "text/csv": { schema: { type: "string" }, "x-columns": columnTexts(one, "en") } } };
  const operationId = `get${one.name.replace(/^./, (first) => first.toUpperCase())}Table`;
  return [`/api/v1/units/{id}/tables/${one.name}.csv`, { get: { operationId, summary: `The table of ${one.name}`, parameters: parametersAt(one), responses: { "200": found, ...refusals } } }];
}

/** The path of one resource, as its route is made of it. */
function pathOf(one: Resource): [string, object] {
  const found = { description: "The figures.", content: { "application/json": { schema: { $ref: `#/components/schemas/${one.schema}` } } } };
  return [`/api/v1/units/{id}/${one.path}`, { get: { operationId: one.operationId, summary: one.summary, parameters: parametersAt(one), responses: { "200": found, ...refusals } } }];
}

/** The description of the API, made from the same schemas that its answers are typed by. */
export const openapi = {
  openapi: "3.1.0",
  info: {
    title: "Hoc Lieu API",
    version: "1",
    description:
      "The figures of schools and offices with numerators, denominators, thresholds and whether the targets are met: the two measures, the plan's scoreboard, self-assessments, closed months, reports and documents. Sums only: no person. A token reads what the account that made it may see.",
  },
  servers: [{ url: "/" }],
  security: [{ token: [] }, { session: [] }],
  paths: {
    "/api/v1/schools/{id}/measures": {
      get: {
        operationId: "getSchoolMeasures",
        summary: "Both measures of a school, up to a day",
        parameters: [
          { name: "id", in: "path", required: true, description: "The school's identifier.", schema: { type: "string", pattern: "^[0-9a-z]{26}$" } },
          queryParameter("year", "School year; today's when left out.", { type: "string", pattern: "^\\d{4}-\\d{4}$" }),
          queryParameter("date", "School day; today when left out or later than today.", { type: "string", format: "date" }),
          queryParameter("campus", "One campus of the school.", { type: "string" }),
        ],
        responses: {
          "200": { description: "The figures.", content: { "application/json": { schema: { $ref: "#/components/schemas/Measures" } } } },
          ...refusals,
        },
      },
    },
    ...Object.fromEntries(RESOURCES.map(pathOf)),
    ...Object.fromEntries(CSV_TABLES.map(tablePathOf)),
  },
  components: {
    securitySchemes: {
      token: { type: "http", scheme: "bearer", description: "A token made on the page /api-tokens." },
      session: { type: "apiKey", in: "cookie", name: "hoclieu.sid" },
    },
    schemas: {
      Measures: z.toJSONSchema(MeasuresAnswer),
      ...Object.fromEntries(RESOURCES.map((one) => [one.schema, z.toJSONSchema(one.shape)])),
      Refusal: {
        type: "object",
        required: ["error"],
        properties: { error: { type: "string" }, reference: { type: "string", description: "Finds the request in the server's log." } },
      },
    },
  },
} as const;
