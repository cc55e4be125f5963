// Directions of the house, as server/README.md tells them.
const order = [
  "organisation", "calendar", "people", "accounts", "notices", "plan", "courses", "teaching", "timetable", "digitising", "materials", "packages",
  "uploads", "sharing", "library", "bulk", "live", "study", "kits", "ledger", "measures", "documents", "reports", "assessment", "indicators", "api", "home",
];
const feature = "^server/(?!platform/|access/|shell/|demo/)([^/]+)/";

module.exports = {
  forbidden: [
    ...order.slice(0, -1).map((name, i) => ({
      name: `${name}-looks-left`,
      comment: "Calls go left; facts go right through the outbox.",
      severity: "error",
      from: { path: `^server/${name}/` },
      to: { path: `^server/(${order.slice(i + 1).join("|")})/` },
    })),
    {
      name: "no-circles",
      severity: "error",
      from: { path: "^server/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "rules-are-pure",
      comment: "The law needs no clock, database, schema or log.",
      severity: "error",
      from: { path: "(^|/)rules(\\.|/)" },
      to: { pathNot: "(^|/)rules(\\.|/)|^server/platform/(units|clock|text)\\.ts$" },
    },
    { name: "policy-is-pure", severity: "error", from: { path: "^server/access/(policy|actor)\\.ts$" }, to: { pathNot: "^server/access/" } },
    { name: "platform-knows-no-school", severity: "error", from: { path: "^server/platform/" }, to: { path: "^server/", pathNot: "^server/platform/" } },
    {
      name: "sql-lives-in-stores",
      severity: "error",
      from: { path: "^server/", pathNot: "store(\\.|/|-)|^server/platform/" },
      to: { path: "node_modules/knex" },
    },
    {
      name: "express-stays-at-the-edge",
      severity: "error",
      from: { path: "^server/", pathNot: "(routes|app|main)\\.ts$|/routes/|^server/platform/(web/|realtime)|^server/shell/" },
      to: { path: "node_modules/express/" },
    },
    {
      name: "features-meet-at-the-front-door",
      severity: "error",
      from: { path: feature, pathNot: "^server/home/" }, // the home page is put together from the parts of all pages
      to: { path: `${feature}(routes|forms|pages|jobs|socket)\\.`, pathNot: "^server/$1/" },
    },
  ],
  options: { doNotFollow: { path: "node_modules" }, tsPreCompilationDeps: true, tsConfig: { fileName: "tsconfig.json" } },
};
