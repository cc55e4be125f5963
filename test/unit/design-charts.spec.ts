import { expect } from "chai";
import fc from "fast-check";
import { heatLevel, meterGeometry, sparkGeometry, trendGeometry } from "../../server/shell/charts.ts";

const number = (percent: string): number => Number(percent.slice(0, -1));

describe("the meter", () => {
  it("shows 1.84 % short of a target of 2 % on a scale to 3 %", () => {
    const meter = meterGeometry(193, 10_500, 200);
    expect(meter.maxBp).to.equal(300);
    expect(number(meter.fill)).to.be.closeTo(61, 0.5);
    expect(meter.target).to.equal("66.67%");
    expect(meter.showMax).to.equal(true);
  });

  it("is empty without a plan, and still shows where the target is", () => {
    expect(meterGeometry(0, 0, 200)).to.deep.include({ fill: "0%", target: "66.67%" });
  });

  it("gives way to a figure far above the target", () => {
    const meter = meterGeometry(1310, 10_500, 200);
    expect(meter.maxBp).to.equal(1500);
    expect(meter.targetAnchor).to.equal("start");
  });

  it("never leaves its frame, and the bar passes the target exactly when the figure does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 10_000 }), (part, rest, target) => {
        const meter = meterGeometry(part, part + rest, target);
        expect(number(meter.fill)).to.be.within(0, 100);
        expect(number(meter.target)).to.be.within(0, 100);
        const reached = Math.floor((part * 10_000) / (part + rest));
        if (Math.abs(reached - target) > 1) expect(number(meter.fill) >= number(meter.target)).to.equal(reached > target);
      }),
    );
  });
});

describe("a cell of the heat table", () => {
  it("tells no plan from nothing done", () => {
    expect(heatLevel(0, 0, 500)).to.equal("none");
    expect(heatLevel(0, 31, 500)).to.equal("0");
  });

  it("has met the target at exactly 5 %, not before", () => {
    expect(heatLevel(1, 20, 500)).to.equal("3");
    expect(heatLevel(1, 21, 500)).to.equal("2");
    expect(heatLevel(2, 20, 500)).to.equal("4");
    expect(heatLevel(1, 41, 500)).to.equal("1");
  });
});

describe("the trend", () => {
  const week = (label: string, bp: number | undefined) => ({ label, bp, text: String(bp) });

  it("leaves a gap where no figure exists instead of drawing a zero", () => {
    const trend = trendGeometry([week("1", 50), week("2", 60), week("3", undefined), week("4", 80)], 200);
    expect(trend.line.match(/M/g)).to.have.length(2);
    expect(trend.dots).to.have.length(3);
    expect(trend.dots.map((dot) => dot.last)).to.deep.equal([false, false, true]);
  });

  it("has a scale of whole steps that holds every point and the target", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 2000 }), (values, target) => {
        const trend = trendGeometry(values.map((bp, index) => week(String(index), bp)), target);
        for (const dot of trend.dots) {
          expect(number(dot.x)).to.be.within(0, 100);
          expect(number(dot.y)).to.be.within(0, 100);
        }
        expect(number(trend.target ?? "")).to.be.within(0, 100);
        expect(trend.yTicks.length).to.be.within(2, 6);
        expect(trend.xTicks.length).to.be.at.most(5);
      }),
    );
  });

  it("draws nothing from nothing", () => {
    expect(trendGeometry([]).line).to.equal("");
    expect(sparkGeometry([]).line).to.equal("");
  });
});
