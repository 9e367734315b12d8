namespace SimServe.Slimming.Plans;

/// <summary>Tells people which widths a group may have.</summary>
internal static class AllowedWidths
{
    public static string Of(SlimGroup group) =>
        group.IsProtected ? $"it is protected and keeps all {group.Units}"
        : group.Multiple == 1 ? $"it may have {group.Floor} to {group.Units}"
        : $"it may have multiples of {group.Multiple} from {group.Floor} to {group.Units}, or all {group.Units}";
}
