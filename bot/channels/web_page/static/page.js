// A page that is not the chat: sharing, copying, printing.
import { enhanceShare } from "./share.js";

enhanceShare(document);
