// mocha's own spec reporter, which also leaves in a file for run.mjs: the sums, what failed with its reason, and what passed
// only at the second try.
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_RETRY } = Mocha.Runner.constants;

class Sums extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    const again = [];
    runner.on(EVENT_TEST_FAIL, (test) => failed.push(test));
    runner.on(EVENT_TEST_RETRY, (test, error) => again.push(`${test.fullTitle()}: ${String(error.message).split("\n")[0]}`));
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const reasons = failed.map((test) => `${test.fullTitle()}\n${test.err?.stack ?? test.err}`); // by now with what the hooks added
      if (process.env.TEST_REPORT) writeFileSync(process.env.TEST_REPORT, JSON.stringify({ passes, failures, pending, reasons, again }));
    });
  }
}

module.exports = Sums;
