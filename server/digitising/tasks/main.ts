/**
 * What digitising does with libraries of its own runs in a process of its own, shut in like every other converter: a
 * hostile file can hang or kill only this one. `main.ts <task> <arguments as JSON>`, in the job's folder; the answer is one
 * line of JSON. Each task loads only the libraries that it needs.
 */
const tasks = {
  picture: async () => (await import("./picture.ts")).picture,
  flattenPage: async () => (await import("./flatten.ts")).flattenPage,
  readPages: async () => (await import("./read.ts")).readPages,
  pdfText: async () => (await import("./pdf.ts")).pdfText,
  pdfPages: async () => (await import("./pdf.ts")).pdfPages,
  officeText: async () => (await import("./office.ts")).officeText,
  searchablePdf: async () => (await import("./compose.ts")).searchablePdf,
  photosToPdf: async () => (await import("./compose.ts")).photosToPdf,
};
type Task<Name extends TaskName> = Awaited<ReturnType<(typeof tasks)[Name]>>;
export type TaskName = keyof typeof tasks;
export type TaskArgs<Name extends TaskName> = Parameters<Task<Name>>[0];
export type TaskAnswer<Name extends TaskName> = Awaited<ReturnType<Task<Name>>>;

/** Why a library refuses a file, in its own words, as the reasons that people are told. */
function reasonOf(error: unknown): string {
  const text = String(error);
  if (/pixel limit|too many pixels/i.test(text)) return "too_many_pixels";
  if (/password|encrypted/i.test(text)) return "locked";
  if (/out of memory|memory access|allocation failed/i.test(text)) return "too_much_memory";
  return "broken";
}

const [, , name = "", args = "{}"] = process.argv;
if (name in tasks) {
  const task = (await tasks[name as TaskName]()) as (args: unknown) => Promise<unknown>;
  await task(JSON.parse(args)).then(
    (answer) => process.stdout.write(`\n${JSON.stringify({ answer })}\n`),
    (error: unknown) => process.stdout.write(`\n${JSON.stringify({ reason: reasonOf(error), detail: String(error).slice(0, 500) })}\n`),
  );
  process.exit(0); // a library's own worker threads keep nobody waiting
}
