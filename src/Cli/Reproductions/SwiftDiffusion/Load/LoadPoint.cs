namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>A plan under a load.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Service">Name of the population of adapters.</param>
/// <param name="Rate">Requests per second that arrive, in GenTD26's bursts; <c>null</c>: always as many requests as keep every GPU supplied.</param>
internal sealed record LoadPoint(LoadPlan Plan, string Service, double? Rate);
