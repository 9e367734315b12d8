using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>The supported classes: how each reads its configuration and makes a request's method.</summary>
internal static class SamplingMethods
{
    private const string FlowMatching = "FlowMatch";

    private static readonly Dictionary<string, Func<ConfigFile, double, Func<ISamplingMethod>>> Readers = new()
    {
        [DdimOptions.ClassName] = static (config, eta) => Maker(DdimOptions.Read(config, eta), static options => new DdimSampling(options)),
        [PndmOptions.ClassName] = static (config, _) => Maker(PndmOptions.Read(config), static options => new PndmSampling(options)),
        [EulerOptions.ClassName] = static (config, _) => Maker(EulerOptions.Read(config), static options => new EulerSampling(options)),
        [EulerOptions.AncestralClassName] = static (config, _) => Maker(EulerOptions.ReadAncestral(config), static options => new EulerSampling(options)),
        [DpmSolverOptions.ClassName] = static (config, _) => Maker(DpmSolverOptions.Read(config), static options => new DpmSolverSampling(options)),
        [UniPcOptions.ClassName] = static (config, _) => Maker(UniPcOptions.Read(config), static options => new UniPcSampling(options)),
        [FlowMatchEulerOptions.ClassName] = static (config, _) => Maker(FlowMatchEulerOptions.Read(config), static options => new FlowMatchEulerSampling(options)),
    };

    /// <summary>The supported class names.</summary>
    public static IReadOnlyCollection<string> ClassNames => Readers.Keys;

    /// <summary>Whether models of a scheduler class were trained by flow matching.</summary>
    public static bool IsFlowMatching(string className) => className.StartsWith(FlowMatching, StringComparison.Ordinal);

    /// <summary>Reads the settings once and returns what makes a method for each request.</summary>
    /// <param name="className">A supported class.</param>
    /// <param name="config">Its configuration; faults are left in it.</param>
    /// <param name="eta">Amount of fresh noise of DDIM.</param>
    public static Func<ISamplingMethod> Read(string className, ConfigFile config, double eta) => Readers[className](config, eta);

    private static Func<ISamplingMethod> Maker<T>(T options, Func<T, ISamplingMethod> make) => () => make(options);
}
