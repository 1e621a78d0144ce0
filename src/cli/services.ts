export type Services = {};
