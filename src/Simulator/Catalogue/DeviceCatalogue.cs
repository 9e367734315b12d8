namespace SimServe.Simulator.Catalogue;

/// <summary>Devices that can be planned with though nobody here has measured them.</summary>
public static class DeviceCatalogue
{
    /// <summary>The devices.</summary>
    public static IReadOnlyList<DeviceEntry> All { get; } =
        [HopperDevices.H100, HopperDevices.H200, HopperDevices.H800, AmpereDevices.A100, AmpereDevices.A10, AdaDevices.L40S];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static device => device.Name)];

    /// <summary>A device by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static DeviceEntry Find(string name) => All.FirstOrDefault(device => device.Name == name)
        ?? throw new ArgumentException($"There is no device '{name}' in the catalogue; there are: {string.Join(", ", Names)}.", nameof(name));
}
