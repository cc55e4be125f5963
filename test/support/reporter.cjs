// mocha's own spec reporter, which also leaves in a file for run.mjs: the sums, what failed with its reason, and what passed
// only at the second try. It says which tops of suites took longest, hooks included: there the time of CI is to be found.
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_RETRY } = Mocha.Runner.constants;
const SLOWEST = 12;

class Sums extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    const again = [];
    const times = [];
    const begun = new Map();
    const isTop = (suite) => suite.parent?.root === true;
    runner.on(EVENT_SUITE_BEGIN, (suite) => isTop(suite) && begun.set(suite, Date.now()));
    runner.on(EVENT_SUITE_END, (suite) => isTop(suite) && times.push({ title: suite.title, seconds: (Date.now() - begun.get(suite)) / 1000 }));
    runner.on(EVENT_TEST_FAIL, (test) => failed.push(test));
    runner.on(EVENT_TEST_RETRY, (test, error) => again.push(`${test.fullTitle()}: ${String(error.message).split("\n")[0]}`));
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const reasons = failed.map((test) => `${test.fullTitle()}\n${test.err?.stack ?? test.err}`); // by now with what the hooks added
      const slowest = times.sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
      console.log(`slowest: ${slowest.map(({ title, seconds }) => `${title} ${seconds.toFixed(1)} s`).join(", ")}`);
      if (process.env.TEST_REPORT) writeFileSync(process.env.TEST_REPORT, JSON.stringify({ passes, failures, pending, reasons, again }));
    });
  }
}

module.exports = Sums;
