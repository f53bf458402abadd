// jstat ships no types; these are the functions used here.
declare module "jstat" {
  export const jStat: {
    studentt: { inv(p: number, degreesOfFreedom: number): number };
    chisquare: { cdf(x: number, degreesOfFreedom: number): number };
  };
}
