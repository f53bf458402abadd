// What the instances of a client group show when they log in: the version of the password that each of them has, or how old
// its IAM token is.

import type { Bytes } from "../../engine/bytes.ts";
import type { AccessConfig, LoginConfig } from "../config.ts";
import { passwordOf, TOKEN } from "./access.ts";

export class Login {
  /** Logins that were refused, and when the first was. */
  refused = 0;
  firstRefusedNs: number | null = null;
  /** Connections that the service closed because their last AUTH was too long ago. */
  expired = 0;
  readonly user: number;
  readonly isIam: boolean;
  private readonly name: string | null;
  private readonly versions: Int16Array;
  /** When each instance's process began: as old is the token that it had then. */
  private readonly beganNs: Float64Array;

  constructor(
    readonly config: LoginConfig,
    private readonly access: AccessConfig,
    instances: number,
  ) {
    this.user = config.user ?? TOKEN;
    const user = config.user === null ? null : access.users[config.user];
    this.name = user?.name ?? null;
    this.isIam = user?.proof === "iam";
    this.versions = new Int16Array(instances);
    this.beganNs = new Float64Array(instances);
  }

  /** An instance has been given another version of the password. */
  learn(instance: number, version: number): void {
    this.versions[instance] = version;
  }

  /** An instance's process is another one. */
  restart(instance: number, nowNs: number): void {
    this.beganNs[instance] = nowNs;
  }

  /** The command that a new connection sends. */
  words(instance: number): readonly Bytes[] {
    const password = this.isIam ? "signed" : passwordOf(this.user, this.versions[instance]);
    return this.name === null ? ["AUTH", password] : ["AUTH", this.name, password];
  }

  /** Whether the token that an instance shows is still good. Instances start with the run, unless they restart. */
  isTokenGood(instance: number, nowNs: number): boolean {
    return !this.isIam || this.config.freshTokens || nowNs - this.beganNs[instance] <= this.access.iam.tokenNs;
  }

  /** How long the service lets a connection stand; Infinity where the client sends AUTH anew in time. */
  get connectionNs(): number {
    const { freshTokens, reauthNs } = this.config;
    if (!this.isIam || (freshTokens && reauthNs < this.access.iam.connectionNs)) return Number.POSITIVE_INFINITY;
    return this.access.iam.connectionNs;
  }

  refuse(nowNs: number): void {
    this.refused++;
    this.firstRefusedNs ??= nowNs;
  }
}
