using System.Globalization;
using SimServe.Policies;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Scenarios;

/// <summary>Whether templates' caches fit into devices, which takes the model to tell.</summary>
public static class DeviceMemoryFaults
{
    private const string Key = "fleet.host.deviceCacheBytes";

    /// <summary>What is wrong with <c>fleet.host.deviceCacheBytes</c>.</summary>
    /// <param name="host">What every host has.</param>
    /// <param name="model">The model.</param>
    /// <param name="steps">Denoising steps of a template's recording.</param>
    /// <param name="devices">Devices whose memory is known.</param>
    public static IEnumerable<InputFault> Of(HostOptions host, ModelShape model, int steps, IEnumerable<DeviceEntry> devices)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(devices);
        var (bytes, template) = (host.DeviceCacheBytes, model.TemplateCacheBytes(steps));
        if (bytes == 0)
        {
            yield break;
        }

        if (bytes < template && host.DeviceCache is null)
        {
            yield return new InputFault(
                Key, Say($"{bytes}"), Say($"0, or at least the {template} bytes of one template of {model.Name} at {steps} steps"), $"Give devices room for a template, or none, or take fewer steps; or let them keep \"{HostOptions.ChosenBlocks}\" (fleet.host.deviceCache).");
        }

        foreach (var device in devices.DistinctBy(static device => device.Name))
        {
            var room = device.MemoryBytes.Value - (ModelWeights.Bytes(model) ?? 0);
            if (bytes > room)
            {
                yield return new InputFault(
                    Key, Say($"{bytes}"), Say($"up to the {Math.Max(0, room):0} bytes that the weights of {model.Name} leave of an {device.Name}'s memory"), "Use less, or a device with more memory.");
            }
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
