declare module "virtual:report-client" {
  /** The script that runs inside a report, bundled and minified. */
  const script: string;
  export default script;
}
