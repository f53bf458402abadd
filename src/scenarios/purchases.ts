// Ways of paying for nodes, for those who may not look into cost/.

export { PURCHASES } from "../cost/purchase.ts";
