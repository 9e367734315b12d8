namespace SimServe.Policies.AddOns;

/// <summary>Each worker has devices of its own, as many as there are for each worker, and a request's ControlNets are spread over them; what finds no device runs on the worker.</summary>
/// <remarks>How Katz (ATC '25) was measured: two devices for each of a request's ControlNets, for one worker alone (section 9.1).</remarks>
public sealed class DedicatedControlNets : IControlNetPlacement
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "dedicated";

    /// <inheritdoc/>
    public int? Place(int controlNet, int place, ControlNetView devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        var each = devices.Count / devices.Workers;
        if (each == 0)
        {
            return null;
        }

        var first = devices.Worker.Value * each;
        for (var i = 0; i < each; i++)
        {
            var device = first + ((place + i) % each);
            if (devices.IsWell(device))
            {
                return device;
            }
        }

        return null;
    }
}
