using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>classes</c>: what groups of requests were promised.</summary>
internal static class ClassReader
{
    private const int MostPriority = 1_000_000;

    public static IReadOnlyList<ClassShare>? Read(JsonSection root)
    {
        var classes = new List<ClassShare>();
        foreach (var section in root.Sections("classes", required: false))
        {
            var share = new ClassShare(
                section.Text("name", null),
                section.Number("weight", 1e-6, 1e6, 1),
                section.Integer("priority", -MostPriority, MostPriority, 0),
                section.OptionalNumber("objectiveSeconds", 0.001, 1e9),
                section.Has("masks") ? WorkloadReader.ReadMasks(section, MaskRatios.Production.Name) : null);
            if (classes.Exists(other => other.Name == share.Name && share.Name.Length > 0))
            {
                section.Note(section.Key("name"), $"\"{share.Name}\" again", "a name for each class", "Rename one of the two.");
            }

            classes.Add(share);
            section.Close();
        }

        return classes.Count > 0 ? classes : null;
    }
}
