/** Type of the service under which units announce themselves by multicast DNS, without underscore and protocol (SPEC 4.7). */
export const SERVICE_TYPE = "qkd-unit";
