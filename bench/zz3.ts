import { compile, dense, fit, load, sequential } from "../src/index.ts";
const model = sequential([dense({units:10,activation:"tanh",inputShape:[4]}),dense({units:3,activation:"softmax"})],{training:{loss:"sparse_categorical_crossentropy",optimizer:"adam",metrics:["accuracy"]}});
const n=16*200, x=Float32Array.from({length:4*n},(_,i)=>Math.sin(i)), y=Float32Array.from({length:n},(_,i)=>i%3);
const art=compile(model,{train:true,batch:16,selfTest:false});
const a:any=load(art);
const xs:any=[],ys:any=[]; for(let i=0;i<n;i+=16){xs.push(x.slice(4*i,4*(i+16)));ys.push(y.slice(i,i+16));}
const time=(f:any)=>{const t=performance.now();f();return performance.now()-t;};
const bare=()=>{ for(let i=0;i<xs.length;i++) a.trainStep(xs[i],ys[i]); };
const bareSub=()=>{ for(let i=0;i<xs.length;i++) a.trainStep(x.subarray(64*i,64*i+64),y.subarray(16*i,16*i+16)); };
const sp=new Float32Array(64), sy=new Float32Array(16); const order=new Int32Array(n).map((_,i)=>i);
const bareGather=()=>{ for(let i=0;i<xs.length;i++) {let at=0; for(let r=16*i;r<16*i+16;r++){ for(let k=order[r]*4,e=k+4;k<e;k++) sp[at++]=x[k];} at=0; for(let r=16*i;r<16*i+16;r++) sy[at++]=y[order[r]]; a.trainStep(sp,sy);} };
const f20=(o:any={})=>()=>fit(a,{x,y},{epochs:20,batchSize:16,...o});
const med=(f:any,k=1)=>{for(let i=0;i<10;i++)f(); const v=[]; for(let i=0;i<20;i++)v.push(time(f)/k); return v.sort((p:any,q:any)=>p-q)[10]};

const real9=a.trainStep; let spent=0;
const f=(m:any,o:any={})=>()=>fit(m,{x,y},{epochs:20,batchSize:16,shuffle:false,...o});
const pick=(o:any={})=>({inputs:a.inputs,outputs:a.outputs,targets:a.targets,batch:a.batch,weightNames:a.weightNames,ranges:a.ranges,trainStep:a.trainStep,evaluate:a.evaluate,resetMetrics:a.resetMetrics,getMetrics:a.getMetrics,getWeights:a.getWeights,setWeights:a.setWeights,getOptimizerState:a.getOptimizerState,setOptimizerState:a.setOptimizerState,...o});
console.log("noop", med(f(pick({trainStep:()=>0.5})),20));
console.log("all", med(f(pick()),20));
const timed9=pick({trainStep:(p:any,q:any,o:any)=>{const t=performance.now(); const r=real9(p,q,o); spent+=performance.now()-t; return r;}});
spent=0; const t0=performance.now(); f(timed9)(); console.log("total",performance.now()-t0,"in steps",spent);
spent=0; { const t1=performance.now(); for(let e=0;e<20;e++) for(let i=0;i<xs.length;i++) timed9.trainStep(xs[i],ys[i]); console.log("bare total",performance.now()-t1,"in steps",spent);}
