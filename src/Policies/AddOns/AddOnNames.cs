namespace SimServe.Policies.AddOns;

/// <summary>Modes and recoveries of ControlNets by their names in scenarios.</summary>
public static class AddOnNames
{
    private static readonly (ControlMode Mode, string Name)[] NamedModes = [(ControlMode.Synchronous, "synchronous"), (ControlMode.OneStepStale, "one-step-stale")];

    private static readonly (ControlNetRecovery Recovery, string Name)[] NamedRecoveries =
        [(ControlNetRecovery.Fail, "fail"), (ControlNetRecovery.Elsewhere, "elsewhere"), (ControlNetRecovery.Local, "local")];

    /// <summary>Names of <see cref="ControlMode"/>.</summary>
    public static IReadOnlyList<string> Modes { get; } = [.. NamedModes.Select(static named => named.Name)];

    /// <summary>Names of <see cref="ControlNetRecovery"/>.</summary>
    public static IReadOnlyList<string> Recoveries { get; } = [.. NamedRecoveries.Select(static named => named.Name)];

    /// <summary>A mode's name.</summary>
    /// <param name="mode">The mode.</param>
    public static string Of(ControlMode mode) => Array.Find(NamedModes, named => named.Mode == mode).Name;

    /// <summary>A recovery's name.</summary>
    /// <param name="recovery">The recovery.</param>
    public static string Of(ControlNetRecovery recovery) => Array.Find(NamedRecoveries, named => named.Recovery == recovery).Name;

    /// <summary>The mode of a name.</summary>
    /// <param name="name">One of <see cref="Modes"/>; another one is the first.</param>
    public static ControlMode ParseMode(string name) => Array.Find(NamedModes, named => named.Name == name).Mode;

    /// <summary>The recovery of a name.</summary>
    /// <param name="name">One of <see cref="Recoveries"/>; another one is the first.</param>
    public static ControlNetRecovery ParseRecovery(string name) => Array.Find(NamedRecoveries, named => named.Name == name).Recovery;
}
