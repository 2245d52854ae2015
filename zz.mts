import { layerCases, trainingCases, fed, floats, modelOf, rowsOf } from "./tests/fixtures/read.ts";
import { resolve } from "./compiler/front/steps.ts";
import { runGraph } from "./compiler/interpret/graph.ts";
let n=0,bad=0;
const asRec=(v:any,ports:any)=>v instanceof Float32Array?{[ports[0].name]:v}:v;
for (const c of layerCases()) {
  try {
  const m=modelOf(c,c.weights); const r=resolve(m); const p=r.predict;
  const x=asRec(fed(c.input),p.inputs), y=asRec(fed(c.output),p.outputs);
  const vals:any={...r.modelWeights().values}; for (const f of p.feeds) vals[f.name]=x[p.inputs[f.port].name];
  const res=runGraph(p.graph,{rows:rowsOf(c.input),values:vals,precision:"double"}).results;
  n++;
  for (const o of p.outputs) { const want=y[o.name]; const got=res[o.name].data; let e=0; for (let i=0;i<want.length;i++) e=Math.max(e,Math.abs(want[i]-got[i])/(1e-5+1e-4*Math.abs(want[i]))); if (!(e<=1)||got.length!==want.length){bad++;console.log(c.case,o.name,e)} }
  } catch(e:any){bad++;console.log(c.case,e.message)}
}
for (const c of trainingCases()) {
  try {
  const m=modelOf(c,c.initial,c.training); const r=resolve(m); const p=r.trainStep();
  const s=c.steps[0]; const rows=rowsOf(s.x);
  const x=asRec(fed(s.x),p.inputs), y=asRec(fed(s.y),p.outputs);
  const vals:any={...r.modelWeights().values,step:[0]}; for (const f of p.feeds) vals[f.name]=x[p.inputs[f.port].name];
  for (const t of p.targets) { vals[t.y]=y[t.name]; vals[t.sampleWeight]=new Float32Array(rows).fill(1); }
  const res=runGraph(p.graph,{rows,values:vals,precision:"double"}).results;
  n++;
  const e=Math.abs(res.loss.data[0]-s.loss)/s.loss; if(!(e<1e-5)){bad++;console.log(c.case,e)}
  } catch(e:any){bad++;console.log(c.case,e.message)}
}
console.log(n,bad);
