// jstat ships no types; these are the functions used here.
declare module "jstat" {
  export const jStat: {
    studentt: { inv(p: number, degreesOfFreedom: number): number };
    normal: { inv(p: number, mean: number, standardDeviation: number): number };
    chisquare: { cdf(x: number, degreesOfFreedom: number): number };
  };
}
