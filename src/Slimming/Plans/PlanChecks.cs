namespace SimServe.Slimming.Plans;

/// <summary>Whether a plan fits itself and a model.</summary>
internal static class PlanChecks
{
    /// <summary>Notes what no plan can say, whatever its model.</summary>
    public static void Check(SlimPlan plan, List<string> faults)
    {
        foreach (var twice in plan.Groups.GroupBy(static group => group.Name, StringComparer.Ordinal).Where(static named => named.Count() > 1))
        {
            faults.Add($"group '{twice.Key}' is there {twice.Count()} times; each may be there once.");
        }

        foreach (var group in plan.Groups.Where(static group => !group.Group.Allows(group.UnitsAfter)))
        {
            faults.Add($"group '{group.Name}' cannot have {group.UnitsAfter} units after; {AllowedWidths.Of(group.Group)}.");
        }

        if (plan.After.Parameters > plan.Before.Parameters || plan.After.Macs > plan.Before.Macs)
        {
            faults.Add("after is larger than before; a plan only takes away.");
        }
    }

    /// <summary>Notes where a plan does not fit a model.</summary>
    public static void Check(SlimPlan plan, ISlimTarget target, List<string> faults)
    {
        var known = target.Groups.ToDictionary(static group => group.Name, StringComparer.Ordinal);
        var before = faults.Count;
        foreach (var group in plan.Groups)
        {
            if (!known.Remove(group.Name, out var own))
            {
                faults.Add($"the model has no group '{group.Name}'{(target.Groups.Any(other => other.Name == group.Name) ? " more than once" : string.Empty)}; is the plan another model's?");
                continue;
            }

            CheckGroup(group, own, faults);
        }

        faults.AddRange(known.Keys.Order(StringComparer.Ordinal).Select(static name => $"the plan says nothing of the model's group '{name}'."));
        if (faults.Count == before)
        {
            CheckOrder(plan, target, faults);
        }
    }

    private static void CheckGroup(PlannedGroup group, SlimGroup own, List<string> faults)
    {
        if (group.Kind != own.Kind)
        {
            faults.Add($"group '{group.Name}' is {group.Kind} in the plan and {own.Kind} in the model.");
        }

        if (group.UnitsBefore != own.Units)
        {
            faults.Add($"group '{group.Name}' has {group.UnitsBefore} units before in the plan and {own.Units} in the model.");
        }
        else if (group.Group.Allows(group.UnitsAfter) && !own.Allows(group.UnitsAfter))
        {
            faults.Add($"group '{group.Name}' of the model cannot have {group.UnitsAfter} units; {AllowedWidths.Of(own)}.");
        }
    }

    private static void CheckOrder(SlimPlan plan, ISlimTarget target, List<string> faults)
    {
        if (!plan.Groups.Select(static group => group.Name).SequenceEqual(target.Groups.Select(static group => group.Name)))
        {
            faults.Add("the groups are not in the model's order; make the plan again.");
            return;
        }

        var size = target.SizeOf(plan.Widths());
        if (faults.Count == 0 && (size.Parameters != plan.After.Parameters || size.Macs != plan.After.Macs))
        {
            faults.Add($"after says {plan.After.Parameters} parameters and {plan.After.Macs} MACs, its widths make {size.Parameters} and {size.Macs}; were they changed by hand?");
        }
    }
}
