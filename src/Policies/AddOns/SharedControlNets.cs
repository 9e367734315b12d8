namespace SimServe.Policies.AddOns;

/// <summary>All workers share all devices: a ControlNet goes where it lies already, unless that device is much more used than the least used one, which it goes to then.</summary>
/// <param name="bound">How much more a device may be used.</param>
/// <remarks>Of equals the one with the fewest uses, then the first. What Katz (ATC '25, section 5) argues for and does not measure.</remarks>
public sealed class SharedControlNets(Routing.LoadBound bound) : IControlNetPlacement
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "shared";

    /// <inheritdoc/>
    public int? Place(int controlNet, int place, ControlNetView devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        if (LeastUsed(devices) is not { } least)
        {
            return null;
        }

        var (best, uses, most) = (least, devices.Holds(least, controlNet) ? devices.Uses(least) : int.MaxValue, bound.Most(devices.Uses(least)));
        for (var device = 0; device < devices.Count; device++)
        {
            if (devices.IsWell(device) && devices.Holds(device, controlNet) && devices.Uses(device) <= most && devices.Uses(device) < uses)
            {
                (best, uses) = (device, devices.Uses(device));
            }
        }

        return best;
    }

    private static int? LeastUsed(ControlNetView devices)
    {
        int? least = null;
        for (var device = 0; device < devices.Count; device++)
        {
            if (devices.IsWell(device) && (least is null || devices.Uses(device) < devices.Uses(least.Value)))
            {
                least = device;
            }
        }

        return least;
    }
}
