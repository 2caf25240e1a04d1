import { fit } from "marginalia"; import { hardDesign } from "./dist-validation/hardDesigns/designs.js";
const d=hardDesign(process.argv[2],Number(process.argv[3])); console.log(d.text);
for (const seed of [1,2,3,4]) { const r=await fit(d.text,d.columns,{seed,workers:0}); console.log(seed, r.notes.map(n=>n.message).join(" | ")); for (const p of r.summary().parameters) console.log("  ",p.name,p.mean.toFixed(4),p.sd.toFixed(4),p.q5.toFixed(4),p.median.toFixed(4),p.q95.toFixed(4),p.rhat.toFixed(3),p.essBulk.toFixed(0)); console.log("  ", r.warnings().map(w=>w.code).join()); }
