using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SimServe.Architecture.Tests;

/// <summary>The arrows and habits of the house, asserted over its own files.</summary>
public sealed partial class ArchitectureTests
{
    // Who may know whom. Simulator and GpuBackend never see each other.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Policies"] = [],
        ["Simulator"] = ["Policies"],
        ["GpuBackend"] = ["Policies"],
        ["Slimming"] = ["GpuBackend", "Policies"],
        ["Cli"] = ["GpuBackend", "Policies", "Simulator", "Slimming"],
    };

    private static string Root => FindRoot();

    private static IEnumerable<string> Projects() => Directory.GetDirectories(Path.Combine(Root, "src")).Select(static folder => Path.GetFileName(folder)!);

    private static IEnumerable<string> SourceFiles() => Directory
        .EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(static file => !Generated().IsMatch(file));

    [TestCaseSource(nameof(Projects))]
    public void A_project_refers_only_to_those_below_it(string project)
    {
        Assert.That(Arrows, Does.ContainKey(project), "a new project needs its arrows here and in the design");
        var references = ReferencesOf(project, "ProjectReference").Select(static path => Path.GetFileName(Path.GetDirectoryName(path)!));
        Assert.That(references, Is.SubsetOf(Arrows[project]));
    }

    [TestCaseSource(nameof(Projects))]
    public void A_project_uses_no_namespace_of_one_it_may_not_know(string project)
    {
        var forbidden = Arrows.Keys.Except([project, .. Arrows[project]]).ToArray();
        foreach (var file in SourceFiles().Where(file => file.Contains($"/src/{project}/", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(file);
            Assert.That(forbidden.Where(other => text.Contains($"SimServe.{other}.", StringComparison.Ordinal)), Is.Empty, file);
        }
    }

    [Test]
    public void Policies_depend_on_nothing_but_the_base_class_library() =>
        Assert.That(ReferencesOf("Policies", "PackageReference"), Is.Empty);

    [Test]
    public void Only_GpuBackend_and_those_above_it_know_Torch() =>
        Assert.That(
            Projects().Where(static project => ReferencesOf(project, "PackageReference").Any(static package => package.Contains("orch", StringComparison.Ordinal))),
            Is.SubsetOf(new[] { "GpuBackend", "Slimming" }));

    [Test]
    public void The_namespace_of_a_file_is_its_folder()
    {
        foreach (var file in SourceFiles())
        {
            var match = NamespaceLine().Match(File.ReadAllText(file));
            if (match.Success)
            {
                var folder = Path.GetRelativePath(Path.Combine(Root, "src"), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
                Assert.That(match.Groups[1].Value, Is.EqualTo($"SimServe.{folder}"), file);
            }
        }
    }

    [Test]
    public void Every_project_explains_itself() =>
        Assert.That(Projects().Where(static project => !File.Exists(Path.Combine(Root, "src", project, "README.md"))), Is.Empty);

    [Test]
    public void No_source_file_holds_an_absolute_path_of_a_machine() =>
        Assert.That(SourceFiles().Where(static file => AbsolutePath().IsMatch(File.ReadAllText(file))), Is.Empty);

    private static IEnumerable<string> ReferencesOf(string project, string kind) => XDocument
        .Load(Path.Combine(Root, "src", project, $"SimServe.{project}.csproj"))
        .Descendants(kind)
        .Select(static reference => reference.Attribute("Include")!.Value.Replace('\\', '/'));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimServe.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("SimServe.sln is in no folder above the tests.");
    }

    [GeneratedRegex(@"[/\\](obj|bin)[/\\]")]
    private static partial Regex Generated();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"""/(home|root|work|Users)/")]
    private static partial Regex AbsolutePath();
}
