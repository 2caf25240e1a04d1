import { prepareModel } from "marginalia"; import { hardDesign } from "./dist-validation/hardDesigns/designs.js";
import { laplaceMarginal } from "./dist/marginal/laplace.js"; import { posteriorMode } from "./dist/marginal/posteriorMode.js"; import { posteriorModes } from "./dist/marginal/posteriorModes.js";
const d=hardDesign("spikedPriors",12); const p=prepareModel(d.text,d.columns); console.log(p.compiled.mayHaveSeveralModes); const v=p.compiled.latentGaussian().view; const m=laplaceMarginal(v); const top=posteriorMode(m);
console.log(posteriorModes(m,top).map(x=>[...x.position, x.logDensity]));
for (const by of [-6,-3]) { const s=top.position.map((x,i)=>i===1?x+by:x); const r=posteriorMode(m,{start:s,isRough:true}); const f=posteriorMode(m,{start:r.position}); console.log([...r.position], [...f.position], f.isDefinite, f.gradientNorm, f.converged, f.precision); }
