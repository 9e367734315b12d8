namespace SimServe.Simulator.Traces;

/// <summary>One quantile of mask ratios.</summary>
/// <param name="Share">Share of the requests, from 0 to 1.</param>
/// <param name="Ratio">The mask ratio that they do not exceed.</param>
public readonly record struct MaskQuantile(double Share, double Ratio);
