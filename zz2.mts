import { kerasJs } from "./tests/conformance/keras-js.ts";
import { showChoice } from "./tests/fixtures/convert.ts";
import { resolve } from "./compiler/front/steps.ts";
import { runGraph } from "./compiler/interpret/graph.ts";
const c=kerasJs("/work/shared/conformance/keras-js"); console.log(showChoice("js",c).slice(0,20000).split("\n").map(l=>l.slice(0,150)).join("\n"));
let bad=0;
for (const t of c.taken) { try { const r=resolve(t.model), p=r.predict; const x:any=t.x instanceof Float32Array?{x0:t.x}:t.x; 
 const res=runGraph(p.graph,{rows:1,values:{...r.modelWeights().values,...x},precision:"double"}).results; const got=Object.values(res)[0].data; let e=0; t.y.forEach((v,i)=>e=Math.max(e,Math.abs(v-got[i]))); if(!(e<2e-4)||got.length!==t.y.length){bad++;console.log(t.case,e)} } catch(e:any){bad++;console.log(t.case,e.message)} }
console.log(c.taken.length,bad);
