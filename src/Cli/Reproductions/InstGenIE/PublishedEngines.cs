using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>The engines of the paper by its artifact's published regressions.</summary>
internal sealed class PublishedEngines(ConstantBook constants)
{
    /// <summary>FLUX.1 on H800, keys and values cached, as the artifact serves it.</summary>
    public PublishedEngine Flux { get; } = Of(constants, PublishedProfiles.FluxKeysValues);

    /// <summary>FLUX.1 on H800, block outputs cached, the paper's first design.</summary>
    public PublishedEngine FluxOutputs { get; } = Of(constants, PublishedProfiles.FluxOutputs);

    /// <summary>OOTDiffusion on H800.</summary>
    public PublishedEngine Ootd { get; } = Of(constants, PublishedProfiles.Ootd);

    /// <summary>OOTDiffusion on H800 with the slow copies of Fig. 9.</summary>
    public PublishedEngine OotdSlowLink { get; } = Of(constants, PublishedProfiles.OotdSlowLink);

    private static PublishedEngine Of(ConstantBook constants, string profile)
    {
        var isFlux = profile is PublishedProfiles.FluxKeysValues or PublishedProfiles.FluxOutputs;
        return new PublishedEngine(
            isFlux ? PublishedProfiles.FluxShape : PublishedProfiles.OotdShape, PublishedProfiles.Of(profile, constants), constants[isFlux ? "flux.steps" : "ootd.steps"]);
    }
}
