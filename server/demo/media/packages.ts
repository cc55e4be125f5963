import { zip, type ZipPart } from "./zip.ts";

/** A question with its answers, the right one first. */
export interface Question {
  ask: string;
  answers: readonly string[];
}

const STYLE = `:root{color-scheme:light}body{margin:0;font:1.05rem/1.5 "Be Vietnam Pro","Segoe UI",Roboto,sans-serif;color:#14222b;background:#fff}
main{max-width:42rem;margin:auto;padding:1.25rem}h1{font-size:1.35rem;margin:0 0 .75rem;color:#0b6374}fieldset{border:1px solid #d9e2e6;border-radius:.6rem;margin:0 0 1rem;padding:.75rem 1rem}
legend{font-weight:600;padding:0 .35rem}label{display:flex;gap:.6rem;align-items:center;min-height:2.75rem}input{width:1.2rem;height:1.2rem}
button{min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:.6rem;background:#0b6374;color:#fff;font:inherit;font-weight:600}output{display:block;margin-top:1rem;font-weight:600}`;

const page = (title: string, body: string, scripts: string): string =>
  `<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="stylesheet" href="bai.css"></head>\n<body><main><h1>${title}</h1>${body}</main>${scripts}</body></html>\n`;

/** Answers stand in the same mixed order at every build. */
const mixed = (answers: readonly string[], n: number): { text: string; right: boolean }[] => {
  const all = answers.map((text, i) => ({ text, right: i === 0 }));
  const by = (n + 1) % all.length;
  return [...all.slice(by), ...all.slice(0, by)];
};

const quiz = (questions: readonly Question[]): string =>
  `<form id="bai">${questions
    .map((question, q) => `<fieldset><legend>Câu ${q + 1}. ${question.ask}</legend>${mixed(question.answers, q).map((answer, a) => `<label><input type="radio" name="c${q}" value="${a}"${answer.right ? ' data-dung="1"' : ""}> ${answer.text}</label>`).join("")}</fieldset>`)
    .join("")}<button>Nộp bài</button><output id="kq"></output></form>`;

/** Finds the run-time as most packages do: in the windows around, never in its own. */
const FIND = `function tim(ten){var w=window.parent,n=0;while(w&&!w[ten]&&w.parent&&w.parent!==w&&n<7){w=w.parent;n++}return w?w[ten]:null}`;

const MANIFEST = (schema: string, version: string, organization: string, resources: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier="hoc-lieu" version="1" ${schema}>\n<metadata><schema>ADL SCORM</schema><schemaversion>${version}</schemaversion></metadata>\n<organizations default="o1">${organization}</organizations>\n<resources>${resources}</resources>\n</manifest>\n`;
const SCHEMA_12 = `xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"`;
const SCHEMA_2004 = `xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss"`;

/** The parts of a SCORM 1.2 package of one quiz, which keeps the chosen answers and goes on from them. */
export function scorm12Parts(title: string, questions: readonly Question[]): ZipPart[] {
  const script = `${FIND}
var api=tim("API"),f=document.getElementById("bai"),kq=document.getElementById("kq");
api.LMSInitialize("");
var cu=api.LMSGetValue("cmi.suspend_data");
if(cu){cu.split(",").forEach(function(v,q){if(v!=="")f.elements["c"+q].value=v});kq.textContent="Làm tiếp từ lần trước."}
function chon(){return ${JSON.stringify(questions.map((_, q) => `c${q}`))}.map(function(n){return f.elements[n].value})}
f.addEventListener("change",function(){api.LMSSetValue("cmi.suspend_data",chon().join(","));api.LMSSetValue("cmi.core.lesson_status","incomplete");api.LMSSetValue("cmi.core.exit","suspend");api.LMSCommit("")});
f.addEventListener("submit",function(e){e.preventDefault();var d=f.querySelectorAll("[data-dung]:checked").length,diem=Math.round(100*d/${questions.length});
api.LMSSetValue("cmi.core.score.min","0");api.LMSSetValue("cmi.core.score.max","100");api.LMSSetValue("cmi.core.score.raw",String(diem));
api.LMSSetValue("cmi.core.lesson_status",diem>=80?"passed":"failed");api.LMSCommit("");kq.textContent="Em đúng "+d+" trên ${questions.length} câu."});
addEventListener("pagehide",function(){api.LMSFinish("")});`;
  return [
    {
      name: "imsmanifest.xml",
      bytes: MANIFEST(SCHEMA_12, "1.2", `<organization identifier="o1"><title>${title}</title><item identifier="i1" identifierref="r1"><title>${title}</title><adlcp:masteryscore>80</adlcp:masteryscore></item></organization>`, `<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="bai.html"><file href="bai.html"/><file href="bai.css"/><file href="bai.js"/></resource>`),
    },
    { name: "bai.html", bytes: page(title, quiz(questions), `<script src="bai.js"></script>`) },
    { name: "bai.js", bytes: script },
    { name: "bai.css", bytes: STYLE },
  ];
}

/** The parts of a SCORM 2004 package with a text to read and a quiz. */
export function scorm2004Parts(title: string, text: readonly string[], questions: readonly Question[]): ZipPart[] {
  const read = `${FIND}
var api=tim("API_1484_11");api.Initialize("");
document.getElementById("xong").addEventListener("click",function(){api.SetValue("cmi.completion_status","completed");api.Commit("");document.getElementById("kq").textContent="Đã đọc xong."});
addEventListener("pagehide",function(){api.Terminate("")});`;
  const test = `${FIND}
var api=tim("API_1484_11"),f=document.getElementById("bai"),kq=document.getElementById("kq");api.Initialize("");
f.addEventListener("submit",function(e){e.preventDefault();var d=f.querySelectorAll("[data-dung]:checked").length;
api.SetValue("cmi.score.scaled",String(d/${questions.length}));api.SetValue("cmi.score.raw",String(d));api.SetValue("cmi.score.min","0");api.SetValue("cmi.score.max","${questions.length}");
api.SetValue("cmi.success_status",d===${questions.length}?"passed":"failed");api.SetValue("cmi.completion_status","completed");api.Commit("");kq.textContent="Em đúng "+d+" trên ${questions.length} câu."});
addEventListener("pagehide",function(){api.Terminate("")});`;
  const item = (n: number, name: string): string => `<item identifier="i${n}" identifierref="r${n}"><title>${name}</title></item>`;
  const resource = (n: number, file: string): string => `<resource identifier="r${n}" type="webcontent" adlcp:scormType="sco" href="${file}.html"><file href="${file}.html"/><file href="${file}.js"/></resource>`;
  return [
    { name: "imsmanifest.xml", bytes: MANIFEST(SCHEMA_2004, "2004 4th Edition", `<organization identifier="o1"><title>${title}</title>${item(1, "Đọc bài")}${item(2, "Tự kiểm tra")}</organization>`, resource(1, "doc") + resource(2, "kiem-tra")) },
    { name: "doc.html", bytes: page("Đọc bài", `${text.map((line) => `<p>${line}</p>`).join("")}<button id="xong">Em đã đọc xong</button><output id="kq"></output>`, `<script src="doc.js"></script>`) },
    { name: "doc.js", bytes: read },
    { name: "kiem-tra.html", bytes: page("Tự kiểm tra", quiz(questions), `<script src="kiem-tra.js"></script>`) },
    { name: "kiem-tra.js", bytes: test },
    { name: "bai.css", bytes: STYLE },
  ];
}

/** The parts of an H5P with a small library of its own: statements that are true or false. */
export function h5pParts(title: string, statements: readonly { text: string; isTrue: boolean }[]): ZipPart[] {
  const script = `var HocLieu=window.HocLieu||{};
HocLieu.DungSai=(function($){
  function DungSai(params,id,extras){H5P.EventDispatcher.call(this);this.params=params;this.id=id;this.chosen=(extras&&extras.previousState&&extras.previousState.chosen)||[]}
  DungSai.prototype=Object.create(H5P.EventDispatcher.prototype);DungSai.prototype.constructor=DungSai;
  DungSai.prototype.attach=function($c){var me=this,box=$('<form class="dung-sai"></form>').appendTo($c);
    this.params.statements.forEach(function(s,i){var f=$('<fieldset></fieldset>').append($('<legend></legend>').text(s.text)).appendTo(box);
      [["Đúng",true],["Sai",false]].forEach(function(o){var r=$('<input type="radio">').attr("name","p"+i).prop("checked",me.chosen[i]===o[1]).on("change",function(){me.chosen[i]=o[1];me.triggerXAPI("interacted")});f.append($('<label></label>').append(r).append(document.createTextNode(" "+o[0])))})});
    var out=$('<output></output>');$('<button>Nộp bài</button>').appendTo(box);out.appendTo(box);
    box.on("submit",function(e){e.preventDefault();var n=me.getScore();out.text("Em đúng "+n+" trên "+me.getMaxScore()+" câu.");
      var x=me.createXAPIEventTemplate("answered");x.setScoredResult(n,me.getMaxScore(),me,true,n===me.getMaxScore());me.trigger(x);me.trigger("resize")});
    this.trigger("resize")};
  DungSai.prototype.getScore=function(){var c=this.chosen;return this.params.statements.filter(function(s,i){return c[i]===s.isTrue}).length};
  DungSai.prototype.getMaxScore=function(){return this.params.statements.length};
  DungSai.prototype.getCurrentState=function(){return{chosen:this.chosen}};
  return DungSai;
})(H5P.jQuery);`;
  return [
    { name: "h5p.json", bytes: JSON.stringify({ title, language: "vi", mainLibrary: "HocLieu.DungSai", embedTypes: ["div"], license: "CC BY-SA", preloadedDependencies: [{ machineName: "HocLieu.DungSai", majorVersion: 1, minorVersion: 0 }] }) },
    { name: "content/content.json", bytes: JSON.stringify({ statements }) },
    { name: "HocLieu.DungSai-1.0/library.json", bytes: JSON.stringify({ title: "Đúng hay sai", machineName: "HocLieu.DungSai", majorVersion: 1, minorVersion: 0, patchVersion: 0, runnable: 1, embedTypes: ["div", "iframe"], preloadedJs: [{ path: "dung-sai.js" }], preloadedCss: [{ path: "dung-sai.css" }] }) },
    { name: "HocLieu.DungSai-1.0/dung-sai.js", bytes: script },
    { name: "HocLieu.DungSai-1.0/dung-sai.css", bytes: STYLE.replace(/^:root\{[^}]*\}body\{/, ".dung-sai{max-width:42rem;margin:auto;padding:1.25rem;") },
  ];
}

export { zip };
