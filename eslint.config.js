import tseslint from "typescript-eslint";

const clockAndChance = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "The time is handed in; platform/clock.ts asks the machine." },
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: "The time is handed in; platform/clock.ts asks the machine." },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: "Chance is handed in, or comes from platform/ids.ts." },
];
const doors = [
  { selector: "ImportSpecifier[imported.name=/^load[A-Z]/]", message: "Rows by id are loaded by doors (access.ts) and jobs only." },
  { selector: "ImportSpecifier[imported.name='grant']", message: "Only doors (access.ts) grant." },
];
const ownRoutes = [
  { selector: "CallExpression[callee.object.name=/^(app|router)$/][callee.property.name=/^(post|put|patch|delete|all)$/]", message: "Routes are added by featureRoutes(), which asks who may come." },
];

export default tseslint.config(
  { ignores: ["node_modules/**", "data/**", "uploads/**", "**/*.cjs"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false } }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // `interface Words {}` and `namespace Express` are how global declarations are extended.
      "@typescript-eslint/no-empty-object-type": "off",
      "@typescript-eslint/no-namespace": "off",
      // Express types its bodies and parameters as any; readForm and idOf are where they become typed.
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/require-await": "off",
      // `as Record<string, …>` in a catalogue widens on purpose: codes are looked up by name.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      "no-restricted-syntax": ["error", ...clockAndChance, ...doors, ...ownRoutes],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["server/**/access.ts", "server/**/jobs.ts", "server/access/**"],
    rules: { "no-restricted-syntax": ["error", ...clockAndChance, ...ownRoutes] },
  },
  {
    files: ["server/app.ts", "server/sockets.ts", "server/platform/clock.ts", "server/platform/ids.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["**/messages.ts", "migrations/**"],
    rules: { "max-lines": "off", "max-lines-per-function": "off" },
  },
  {
    // Lists of lessons are long; the demonstration's people act through doors but are loaded here.
    files: ["server/demo/**"],
    rules: { "max-lines": "off", "no-restricted-syntax": ["error", ...clockAndChance] },
  },
  {
    files: ["test/**"],
    rules: {
      "no-restricted-syntax": "off",
      "max-lines-per-function": "off",
      "@typescript-eslint/no-unused-expressions": "off", // chai's expect(x).to.be.true
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
