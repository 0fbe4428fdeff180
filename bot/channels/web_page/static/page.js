// A page that is not the chat: sharing, copying, printing.
import { enhanceListening } from "./sound.js";
import { enhanceShare } from "./share.js";

enhanceShare(document);
enhanceListening(document);
