import { vm } from "./vm.js";

export const samples = () => vm;
