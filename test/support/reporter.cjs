// mocha's own spec reporter, which also leaves the sums in a file for run.mjs.
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

class Sums extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      if (process.env.TEST_REPORT) writeFileSync(process.env.TEST_REPORT, JSON.stringify({ passes, failures, pending }));
    });
  }
}

module.exports = Sums;
