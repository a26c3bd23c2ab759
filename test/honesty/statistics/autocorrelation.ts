import { type ChiSquare, chiSquareTail } from "./chi-square-test.ts";

/**
 * Box-Pierce statistic of a sequence of zeros and ones whose mean is known: the sum over lags of N times the squared
 * autocorrelation, chi-square with as many degrees of freedom as lags if the numbers are independent.
 */
export function autocorrelation(values: Uint8Array, mean: number, lags: number): ChiSquare {
  const variance = mean * (1 - mean);
  let statistic = 0;
  let early = 0;
  for (const value of values) early += value;
  let late = early;
  for (let lag = 1; lag <= lags; lag++) {
    let both = 0;
    for (let i = lag; i < values.length; i++) both += values[i]! & values[i - lag]!;
    early -= values[values.length - lag]!;
    late -= values[lag - 1]!;
    const pairs = values.length - lag;
    const covariance = both - mean * (early + late) + pairs * mean * mean;
    statistic += (covariance / variance) ** 2 / pairs;
  }
  return { statistic, freedom: lags, pValue: chiSquareTail(statistic, lags) };
}
