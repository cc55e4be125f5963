import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import { boardPdf } from "../../server/live/board-pdf.ts";

const pagesIn = (pdf: Buffer): number => Number(/\/Count (\d+)/.exec(pdf.toString("latin1"))?.[1]);

describe("the board as a PDF", () => {
  it("has a page for each page of the board, however long a text at its lower edge is", async () => {
    const long = { kind: "text", body: { x: 900, y: 540, w: 3, t: "chữ rất dài ".repeat(40) } };
    const pdf = await buffer(boardPdf("Bảng", [{ label: "Trang 1", items: [long, { kind: "rect", body: { x: 10, y: 10, x2: 90, y2: 90 } }] }, { label: "Trang 2", items: [] }]));
    expect(pagesIn(pdf)).to.equal(2);
  });

  it("lets others have their turn while a full board is drawn", async () => {
    const items = Array.from({ length: 3000 }, (_, i) => ({ kind: "line", body: { x: i % 900, y: 0, x2: 10, y2: 500 } }));
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    await buffer(boardPdf("Bảng", [{ label: "Trang 1", items }]));
    clearInterval(count);
    expect(turns).to.be.greaterThan(5);
  });
});
