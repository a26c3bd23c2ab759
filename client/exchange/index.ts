export {
  type ExchangeAnswer,
  type ExchangeRequest,
  type ExchangeTls,
  HttpsExchange,
} from "./https-exchange.ts";
