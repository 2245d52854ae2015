import fc from "fast-check";
import { sampleOf } from "./tests/arbitrary/models.ts";
import { resolve } from "./compiler/front/steps.ts";
const t=Date.now();
const s=fc.sample(sampleOf("graph",true),{seed:5,numRuns:200});
const c:any={}; const inc=(k:string)=>c[k]=(c[k]??0)+1;
for (const m of s) { inc("n"); const L=m.model.layers; inc("lines"+L.length); if(m.inputs.length>1)inc("ins"); if(m.outputs.length>1)inc("outs"); const tk=L.flatMap(l=>l.inputs??[]); if(new Set(tk).size<tk.length)inc("branch"); if(L.some(l=>(l.inputs?.length??0)>1))inc("merge"); if(L.some(l=>l.layer==="reuse"))inc("reuse"); if(L.some(l=>l.layer==="model"))inc("model"); if(tk.some(r=>/:\d$/.test(r)))inc("res"); for(const e of resolve(m.model).entries) inc("L "+e.layer.name); if(m.inputs.some(i=>i.integers)) inc("ids"); }
console.log(Date.now()-t, c);
